/* music.c - lets who is on hold hear a media peer */
#include "music.h"

#include <stdlib.h>

#include "conf.h"
#include "link.h"
#include "log.h"
#include "mem.h"
#include "party.h"

struct music {
	enum role holder;
	struct leg *leg;
	struct link *link;	/* the peer's offer on its way to who is held */
	int plays;
};

int music_is(const struct call *call, const struct leg *leg)
{
	return call->music && call->music->leg == leg;
}

struct leg *music_for(const struct call *call, const struct leg *held)
{
	const struct music *music = call->music;

	return music && music->plays && music->holder != held->side ?
		music->leg : NULL;
}

void music_start(struct call *call, enum role holder)
{
	char id[ID_SIZE];
	struct ua_invite_params params = {
		.route = UA_DEVICE,
		.target = conf.media_peer,
		.from_user = party_address(&call->party[!holder]),
		.call_id = id_make('s', id),
		.max_forwards = 70,
	};

	if (!*conf.media_peer || call->music || call->ended_ms)
		return;
	call->music = mem_zalloc(sizeof(*call->music));
	call->music->holder = holder;
	call->music->leg = leg_create(call, holder, &params);
}

void music_stop(struct call *call)
{
	struct music *music = call->music;

	if (!music)
		return;
	call->music = NULL;
	if (music->link)
		link_give_up(music->link);
	leg_leave(music->leg, 200, 16);
	free(music);
}

static void on_linked(void *arg, int status)
{
	struct call *call = arg;

	if (!call->music)
		return;		/* stopped meanwhile */
	call->music->link = NULL;
	call->music->plays = status < 300;
	if (status < 300)
		return;
	log_warn("call %s has no music status=%d", call->id, status);
	music_stop(call);
}

void music_on_leg(struct call *call)
{
	struct music *music = call->music;
	struct leg *held = call->party[!music->holder].leg;

	if (music->leg->state >= LEG_ENDING || !held)
		music_stop(call);
	else if (music->leg->state == LEG_CONFIRMED && !music->link)
		music->link = link_create(music->leg, held, on_linked, call);
}
