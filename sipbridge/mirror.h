/* mirror.h - plays the phone to the SIP library, which then has its dialog */
#ifndef MIRROR_H
#define MIRROR_H

/**
 * The library cannot be told of a dialog that it has not seen begin. So it is
 * shown one: it sends an INVITE with the dialog's Call-ID, tags and a CSeq, to
 * a socket of ours, and gets the 200 of the phone from there, with the phone's
 * Contact and the route. The phone hears nothing of it; what follows goes to
 * the phone.
 *
 * The library knows the dialog as soon as the INVITE has left it, so all can
 * be begun before the first packet from outside is read. Answers are given at
 * a pace that its socket takes.
 */

/** What is asked for in the INVITE: who answers, and a header by which it is
 * known. Texts live until mirror_close(). */
struct mirror_call {
	const char *proxy;	/* where to send it */
	const char *header;
};

/** Expect an INVITE for a dialog.
 * @param route  Record-Route of the answer, or NULL */
struct mirror_call mirror_expect(const char *contact, const char *route);

/** The library has got one of the dialogs, or given it up. */
void mirror_seen(void);

/** Answer. Ends itself when all were answered long ago. */
void mirror_open(void);
void mirror_close(void);

#endif
