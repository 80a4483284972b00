/* music.h - lets who is on hold hear a media peer */
#ifndef MUSIC_H
#define MUSIC_H

#include "call.h"

struct music;

/**
 * Bring who is held by `holder` together with the media peer that the setting
 * `media_peer` names: a device that answers by itself and plays something.
 * Without one, or when it does not answer, he hears nothing.
 */
void music_start(struct call *call, enum role holder);

/** End it; nothing happens without it. */
void music_stop(struct call *call);

/** The media peer's leg that plays to this one; borrowed, or NULL. */
struct leg *music_for(const struct call *call, const struct leg *held);

/** Whether a leg is the media peer's. */
int music_is(const struct call *call, const struct leg *leg);

/** The media peer's leg is no longer what it was. */
void music_on_leg(struct call *call);

#endif
