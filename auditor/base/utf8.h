/*
 * utf8.h - characters of UTF-8 text (RFC 3629), and which of them must not be shown raw
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/base.h"

/*
 * Bytes of the character at `text`, and its code point in `*point`; 0 where the bytes are
 * no valid UTF-8 (overlong forms, surrogates and cut sequences are not).  The NUL at the
 * end of a text is a character of one byte, so that nothing behind it is read.
 */
size_t utf8_take(const char *text, uint32_t *point);

/* Bytes of the byte order mark that a text of `length` bytes begins with: 3, or 0. */
size_t utf8_mark(const char *text, size_t length);

/* Bytes at the front of `text`, at most `most` of them, that cut no character in two. */
size_t utf8_front(const char *text, size_t most);

/*
 * True for characters that a terminal obeys (C0, DEL, C1), or that reorder or hide text:
 * bidirectional controls, zero-width characters, line separators, tags.
 */
bool utf8_is_unsafe(uint32_t point);

/*
 * The character at `text` as it can be shown: itself, or visibly as \xHH (invalid bytes
 * and ASCII controls) or \u{HHHH}.  Returns the bytes that it takes in `text`.
 */
#define UTF8_VISIBLE_SIZE 16
size_t utf8_visible(char visible[UTF8_VISIBLE_SIZE], const char *text);

#endif
