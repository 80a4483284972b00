/* server.h - the parent: holds the socket and watches its workers */
#ifndef SERVER_H
#define SERVER_H

/** Listen, keep the configured number of workers alive, until SIGTERM.
 * @return exit status */
int server_run(void);

#endif
