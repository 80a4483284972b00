/* totp.mjs - the codes of a second factor, as an app makes them */

import { createHmac } from "node:crypto";

/** RFC 6238, of the step that is `shift` away. */
export function codeOf(secret, shift)
{
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const bits = [...secret].map((letter) =>
		letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const text = Buffer.alloc(8);

	text.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + shift));
	const sum = createHmac("sha1", key).update(text).digest();
	const number = sum.readUInt32BE(sum[19] & 15) & 0x7fffffff;

	return String(number % 1_000_000).padStart(6, "0");
}
