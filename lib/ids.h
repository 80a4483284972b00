/* ids.h - names that nobody can guess */
#ifndef IDS_H
#define IDS_H

#include <stddef.h>

enum { ID_SIZE = 20, SECRET_SIZE = 44 };

/** A letter and 16 random hex digits, "c4f0a...". @return buf */
char *id_make(char letter, char buf[ID_SIZE]);

/** 256 random bits, URL-safe base64 without padding. @return buf */
char *id_secret(char buf[SECRET_SIZE]);

/** Fill with random bytes that nobody can foretell. */
void id_random(void *buf, size_t size);

#endif
