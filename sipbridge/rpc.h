/* rpc.h - asks Kamailio something over JSON-RPC, and waits for the answer */
#ifndef RPC_H
#define RPC_H

#include <netinet/in.h>

#include <jansson.h>

/**
 * Ask, for a second at most.
 *
 * @param params  stolen; an array
 * @return the result, new; NULL: none, or an error
 */
json_t *rpc_ask(const char *method, json_t *params);

/** Where Kamailio listens for that. @return 0, or -1 */
int rpc_address(struct sockaddr_in *to);

/** The body of an HTTP answer that is complete; borrowed. NULL: more comes.
 *
 * @param answer  text that ends with NUL at `len` */
const char *rpc_body(const char *answer, size_t len);

#endif
