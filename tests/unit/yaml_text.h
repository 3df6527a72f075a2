/*
 * yaml_text.h - YAML written in a test, as what the program reads it into
 */
#ifndef TESTS_UNIT_YAML_TEXT_H
#define TESTS_UNIT_YAML_TEXT_H

#include "base/buf.h"
#include "base/node.h"
#include "source/kube_document.h"

/* The first document of a text; fails the test where that does not parse. */
struct node *yaml_text_read(struct arena *arena, const char *text);

/* kube_document_read() of all documents of `file->text`; fails likewise. */
void yaml_text_declare(struct kube_file *file);

/* A line for each gap: its kind and subject. */
void yaml_text_list_gaps(struct buf *out, const struct snapshot *snapshot);

#endif
