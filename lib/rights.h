/* rights.h - what a user may let another one see of him */
#ifndef RIGHTS_H
#define RIGHTS_H

/** Bits of a mask in a watch list, docs/redis.md. */
enum right {
	RIGHT_VISIBLE = 0x01,	/* there is such a user, this is his number */
	RIGHT_ONLINE = 0x02,	/* a phone or a page of his is there */
	RIGHT_PRESENCE = 0x04,	/* his activity */
	RIGHT_NOTE = 0x08,	/* what he wrote beside it */
	RIGHT_ON_PHONE = 0x10,	/* he has a call */
	RIGHT_CALLS = 0x20,	/* which calls, without numbers */
	RIGHT_IDS = 0x40,	/* with whom */
	RIGHTS_ALL = 0x7f
};

/** How a list names all others of the domain. */
#define RIGHTS_OTHERS "*"

#endif
