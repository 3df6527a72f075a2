/*
 * version.h - the version of pindrift, said once
 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define PINDRIFT_VERSION "0.1.0"

#endif
