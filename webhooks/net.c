/* net.c - HTTP requests of libcurl, waited for by the loop */
#include "net.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "events/loop.h"
#include "log.h"
#include "mem.h"

/** A set of requests that share connections. */
struct net {
	CURLM *multi;
	struct timer timer;
};

/** One of libcurl's sockets. */
struct socket {
	struct watch watch;
	struct net *net;
};

static struct net nets[2];	/* of strangers, of the administrator */

static void tell(struct net *net)
{
	CURLMsg *msg;
	CURLcode result;
	CURL *easy;
	int left;

	while ((msg = curl_multi_info_read(net->multi, &left))) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		easy = msg->easy_handle;
		result = msg->data.result;
		curl_multi_remove_handle(net->multi, easy);
		send_on_done(easy, result);
	}
}

static void act(struct net *net, curl_socket_t fd, int what)
{
	int running;

	curl_multi_socket_action(net->multi, fd, what, &running);
	tell(net);
}

static void on_ready(struct watch *watch, uint32_t events)
{
	struct socket *sock = holder(watch, struct socket, watch);
	int what = 0;

	if (events & EPOLLIN)
		what |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		what |= CURL_CSELECT_ERR;
	act(sock->net, watch->fd, what);
}

static void on_time(struct timer *timer)
{
	act(holder(timer, struct net, timer), CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer(CURLM *multi, long ms, void *arg)
{
	struct net *net = arg;

	if (ms < 0)
		loop_timer_stop(&net->timer);
	else
		loop_timer(&net->timer, ms);
	return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
		     void *known)
{
	struct net *net = arg;
	struct socket *sock = known;

	if (what == CURL_POLL_REMOVE) {
		if (sock)
			loop_unwatch(&sock->watch);
		free(sock);
		curl_multi_assign(net->multi, fd, NULL);
		return 0;
	}
	if (!sock) {
		sock = mem_zalloc(sizeof(*sock));
		sock->watch.fd = -1;
		sock->watch.on_ready = on_ready;
		sock->net = net;
		curl_multi_assign(net->multi, fd, sock);
	}
	loop_watch(&sock->watch, fd,
		(what & CURL_POLL_IN ? EPOLLIN : 0) |
		(what & CURL_POLL_OUT ? EPOLLOUT : 0));
	return 0;
}

static void open_net(struct net *net)
{
	net->multi = curl_multi_init();
	if (!net->multi) {
		log_error("net failed");
		abort();
	}
	net->timer.on_time = on_time;
	curl_multi_setopt(net->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(net->multi, CURLMOPT_SOCKETDATA, net);
	curl_multi_setopt(net->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(net->multi, CURLMOPT_TIMERDATA, net);
}

static void close_net(struct net *net)
{
	curl_multi_cleanup(net->multi);
	loop_timer_stop(&net->timer);
}

void net_open(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	open_net(&nets[0]);
	open_net(&nets[1]);
}

void net_close(void)
{
	close_net(&nets[0]);
	close_net(&nets[1]);
	curl_global_cleanup();
}

void net_start(CURL *easy, int trusted)
{
	curl_multi_add_handle(nets[!!trusted].multi, easy);
}

void net_stop(CURL *easy, int trusted)
{
	curl_multi_remove_handle(nets[!!trusted].multi, easy);
}
