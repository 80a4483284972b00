/* perform.h - from a command's request to its answer */
#ifndef PERFORM_H
#define PERFORM_H

#include <jansson.h>

#include "request.h"

/** Bytes of a call's or device's id, a name or number to dial. */
enum { ID_MAX = 64, TO_MAX = 128 };

/**
 * Carry out a command and answer with the object as it then is, or with 202
 * {"op": id}.
 *
 * @param status  200, or 201 when something new comes of it
 * @param args    stolen
 */
enum err perform(struct request *req, int status, const char *verb,
		 json_t *args);

/** The same for a verb that says all about a thing named in the path: "call",
 * "transfer". The body is {} or missing. */
enum err perform_verb(struct request *req, const char *verb,
		      const char *param);

/**
 * The same with "device" added to the arguments, one of the user's own.
 *
 * @param args  stolen
 * @param wish  NULL for the selected one
 */
enum err perform_on_device(struct request *req, int status, const char *verb,
			   json_t *args, const char *wish);

/**
 * Take a call that rings at somebody else: with this id, or the one that has
 * rung longest at a user. The bridge is told whose calls may be taken.
 *
 * @param call  NULL for any
 * @param of    NULL when `call` is given
 */
enum err perform_pickup(struct request *req, const char *call, const char *of,
			const char *wish);

/**
 * Take the call that has rung longest at those who are active in a group as
 * the user is, and whose calls he may see.
 *
 * @param group  NULL for all of his; another is ERR_MISSING
 */
enum err perform_group_pickup(struct request *req, const char *group,
			      const char *wish);

#endif
