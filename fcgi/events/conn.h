/* conn.h - connections from nginx; each carries one request at a time */
#ifndef CONN_H
#define CONN_H

#include <stddef.h>

#include "request.h"

struct conn;
struct poll;

/** Accept on this listening socket, from now on. */
void conn_listen(int fd);

/** Stop accepting, close idle connections, others after their request. */
void conn_drain(void);

/** Number of open connections. */
size_t conn_count(void);

/** Bytes of answers that clients have not taken yet. */
size_t conn_pending(void);

/** Whether nginx has taken what it was sent last: it is not behind. */
int conn_is_taken(void);

/** Close all at once. */
void conn_close_all(void);

/** The poll that waits on a connection; borrowed, NULL for none. */
struct poll *conn_poll(const struct conn *conn);
void conn_set_poll(struct conn *conn, struct poll *poll);

/** Write the whole answer; the connection then waits for its next request.
 * Text is copied. */
void conn_answer(struct conn *conn, const char *text, size_t len);

/**
 * Write a part of an answer.
 *
 * @return whether all is on its way; if not, park_on_drained() comes later
 */
int conn_write(struct conn *conn, const char *text, size_t len);

/** What the connection tells; written in park.c. A request is borrowed. */
void park_on_request(struct conn *conn, const struct request *req);
void park_on_gone(struct conn *conn);
void park_on_drained(struct conn *conn);

#endif
