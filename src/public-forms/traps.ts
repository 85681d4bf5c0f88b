// Traps for programs that fill in every form that they find. One that is caught is answered as if it had succeeded.
import { badRequest } from "../errors.ts";
import { hashKey } from "../gate/api-key.ts";
import type { Keyring } from "../keyring.ts";
import { OWN_FIELDS, type Sent } from "./sent.ts";

/** No person reads and answers a form in less. */
const MIN_MS = 2_000;
const SIGNATURE_CHARACTERS = 32;

const signatureOf = async (pepper: Uint8Array<ArrayBuffer>, formId: string, time: string) =>
	(await hashKey(pepper, `time of ${formId}: ${time}`)).slice(0, SIGNATURE_CHARACTERS);

/**
 * The time (ms) at which the page of a form is shown, signed, for a field of the page.
 * @param isAgain whether its visitor has seen the questions before: a correction takes no two seconds
 */
export async function signedTime(
	peppers: Keyring,
	formId: string,
	now: number,
	isAgain: boolean,
): Promise<string> {
	const time = String(isAgain ? now - MIN_MS : now);
	return `${time}.${await signatureOf(peppers.active.bytes, formId, time)}`;
}

/**
 * Whether a program has sent it: the field that people don't see is filled in, or the page was shown less than two seconds ago.
 * Pages of others have no time.
 * @throws AppError 400 for a time that we have not signed
 */
export async function isTrapped(peppers: Keyring, formId: string, sent: Sent, now: number): Promise<boolean> {
	if (sent.own("honeypot").trim() !== "") return true;
	const signed = sent.own("time");
	if (signed === "") return false;
	const [time = "", signature] = signed.split(".");
	const right = await Promise.all(peppers.all.map(({ bytes }) => signatureOf(bytes, formId, time)));
	if (signature === undefined || !right.includes(signature))
		throw badRequest(OWN_FIELDS.time, "Not valid; load the page again.");
	return now - Number(time) < MIN_MS;
}
