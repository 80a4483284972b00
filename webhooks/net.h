/* net.h - HTTP requests of libcurl, waited for by the loop */
#ifndef NET_H
#define NET_H

#include <curl/curl.h>

void net_open(void);
void net_close(void);

/**
 * Let a request run. Those of strangers share no connection with the others:
 * one that was checked for nobody must not be theirs.
 *
 * @param easy  borrowed until net_stop(), or until it is told
 */
void net_start(CURL *easy, int trusted);

/** Let it run no longer; nobody is told. */
void net_stop(CURL *easy, int trusted);

/** What net tells: a request is over, and not ours any more. Written in
 * send.c. */
void send_on_done(CURL *easy, CURLcode result);

#endif
