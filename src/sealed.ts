// Encryption of stored text: webhook secrets, custom headers, answers that show a key. Each organization has its own key
// and each value is bound to its place, so a ciphertext copied elsewhere in the database can't be decrypted.
import { fromBase64Url, toBase64Url } from "./base64.ts";
import type { Keyring, RingKey } from "./keyring.ts";

const VERSION = "v1";
const IV_BYTES = 12;
const MAX_CACHED_KEYS = 1_000;

/** A column of sealed texts, and the scope of the one in a row that is called so within its organization. */
export interface SealedColumn {
	readonly column: string;
	scopeOf(id: string): string;
}

/** What every text begins with that is sealed under a key. */
export const beginningOf = ({ id }: RingKey): string => `${VERSION}.${id}.`;

/** A sealed text that can't be decrypted: malformed, made with a key that was removed, or copied or altered. */
export class SealError extends Error {
	override readonly name = "SealError";
	readonly reason: "malformed" | "unknown_key" | "refused";
	constructor(reason: SealError["reason"], detail = "") {
		super(`A sealed value could not be opened: ${reason}${detail}.`);
		this.reason = reason;
	}
}

/**
 * Encrypts `text` (well-formed Unicode) with AES-256-GCM under the ring's active key → `v1.<key id>.<iv>.<ciphertext>`,
 * both in base64url. `scope` names the place that the value belongs to, such as `webhook_…/secret`.
 */
export async function seal(ring: Keyring, organizationId: string, scope: string, text: string) {
	const key = await organizationKey(ring.active, organizationId);
	const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
	const plain = new TextEncoder().encode(text);
	const sealed = await crypto.subtle.encrypt(parameters(iv, scope), key, plain);
	return [VERSION, ring.active.id, toBase64Url(iv), toBase64Url(new Uint8Array(sealed))].join(".");
}

/** Decrypts what `seal` made for the same organization and scope under any key of the ring. Throws SealError. */
export async function unseal(ring: Keyring, organizationId: string, scope: string, sealed: string) {
	const [version, keyId, ivText, cipherText, ...rest] = sealed.split(".");
	const iv = fromBase64Url(ivText ?? "");
	const cipher = fromBase64Url(cipherText ?? "");
	if (version !== VERSION || rest.length > 0 || iv?.length !== IV_BYTES || !cipher) {
		throw new SealError("malformed");
	}
	const master = ring.all.find(({ id }) => id === keyId);
	if (!master) throw new SealError("unknown_key", `, it was made with the key ${keyId}`);
	const key = await organizationKey(master, organizationId);
	let plain: ArrayBuffer;
	try {
		plain = await crypto.subtle.decrypt(parameters(iv, scope), key, cipher);
	} catch {
		throw new SealError("refused");
	}
	// Without ignoreBOM a leading U+FEFF would be lost on the way back.
	return new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(plain);
}

function parameters(iv: Uint8Array<ArrayBuffer>, scope: string) {
	return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(scope) };
}

// Keys, not promises: in Workers a promise belongs to the request that created it.
type DerivedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
const derived = new WeakMap<RingKey, Map<string, DerivedKey>>();

/** HKDF-SHA-256 (RFC 5869) of the master key, with no salt and the organization's id as info. */
async function organizationKey(master: RingKey, organizationId: string): Promise<DerivedKey> {
	const keys = derived.get(master) ?? new Map<string, DerivedKey>();
	derived.set(master, keys);
	const cached = keys.get(organizationId);
	if (cached) return cached;
	const base = await crypto.subtle.importKey("raw", master.bytes, "HKDF", false, ["deriveKey"]);
	const info = new TextEncoder().encode(organizationId);
	const key = await crypto.subtle.deriveKey(
		{ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
		base,
		{ name: "AES-GCM", length: 256 },
		false,
		["encrypt", "decrypt"],
	);
	if (keys.size >= MAX_CACHED_KEYS)
		for (const oldest of keys.keys()) {
			keys.delete(oldest);
			break;
		}
	keys.set(organizationId, key);
	return key;
}
