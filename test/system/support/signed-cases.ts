// Deliveries from our own signer, valid and modified, each with whether a receiver must accept it.
import { deliveryHeaders } from "../../../src/delivery/attempt.ts";
import { newSecret } from "../../../src/delivery/secret.ts";
import { type SigningSecrets, signatureHeaders } from "../../../src/delivery/sign.ts";

export type Scheme = "standard" | "older";

type Headers = Record<string, string>;

export interface Case {
	readonly name: string;
	/** The receiver's secret. */
	readonly secret: string;
	/** Lower-case names. */
	readonly headers: Headers;
	readonly body: string;
	readonly good: boolean;
}

const ID = "whd_01kaj2m5m8f7jt2n3v4w5x6y7z";
const BODY = JSON.stringify({
	event: "lead.created",
	webhookId: ID,
	data: { name: 'Zoë 🦊 "quoted" \\ \n' },
});
const LATE = 400;

const secrets = {
	made: newSecret(),
	older: newSecret(),
	own: "my-very-own-secret/1",
	short: "whsec_c2hvcnQga2V5",
};

async function delivered(of: SigningSecrets | null, secondsAgo = 0, body = BODY): Promise<Headers> {
	const timestamp = Math.floor(Date.now() / 1_000) - secondsAgo;
	const signature = await signatureHeaders({ secrets: of, deliveryId: ID, timestamp, body });
	const sent = { event: "lead.created", deliveryId: ID, timestamp, attempt: 1 };
	const headers = Object.entries(deliveryHeaders({ ...sent, custom: {}, signature, bookmark: null }));
	return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
}

/** The cases for a receiver of one scheme. */
export async function casesFor(scheme: Scheme): Promise<Case[]> {
	const standard = scheme === "standard";
	const names = standard
		? { id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature" }
		: { id: "x-webhook-id", timestamp: "x-webhook-timestamp", signature: "x-webhook-signature-256" };
	const secret = secrets.made;
	const sound = await delivered({ current: secret });
	const old = await delivered({ current: secret }, LATE);
	const now = String(Math.floor(Date.now() / 1_000));
	const spoiled = (name: string, headers: Headers, body = BODY): Case => ({
		name,
		secret,
		headers,
		body,
		good: false,
	});
	const set = (changes: Headers) => ({ ...sound, ...changes });
	const only = (kept: (name: string) => boolean) =>
		Object.fromEntries(Object.entries(sound).filter(([name]) => kept(name)));
	const without = (name: string) => only((one) => one !== name);
	const rotating = await delivered({ current: secrets.made, previous: secrets.older });
	const accepted = async (name: string, held: string): Promise<Case> => ({
		name,
		secret: held,
		headers: await delivered({ current: held }),
		body: BODY,
		good: true,
	});
	const [own, short] = [
		await accepted("a secret of one's own", secrets.own),
		await accepted("a short whsec_ secret", secrets.short),
	];
	const signature = sound[names.signature] ?? "";
	return [
		await accepted("a made secret", secret),
		own,
		short,
		await accepted("whsec_ and no base64", "whsec_your_secret_key_here"),
		{
			name: "as old as allowed",
			secret,
			headers: await delivered({ current: secret }, 240),
			body: BODY,
			good: true,
		},
		{
			name: "as early as allowed",
			secret,
			headers: await delivered({ current: secret }, -240),
			body: BODY,
			good: true,
		},
		{
			name: "two signatures, the old secret",
			secret: secrets.older,
			headers: rotating,
			body: BODY,
			good: true,
		},
		// The older header has one signature, that of the old secret.
		{
			name: "two signatures, the new secret",
			secret: secrets.made,
			headers: rotating,
			body: BODY,
			good: standard,
		},
		// The older header doesn't cover these, as the guide says.
		{
			name: "an old one with a new timestamp",
			secret,
			headers: { ...old, [names.timestamp]: now },
			body: BODY,
			good: !standard,
		},
		{ name: "another id", secret, headers: set({ [names.id]: `${ID}x` }), body: BODY, good: !standard },
		spoiled("a changed body", sound, BODY.replace("Zoë", "Zoe")),
		spoiled("JSON written again", sound, JSON.stringify(JSON.parse(BODY), null, 1)),
		spoiled("an empty body", sound, ""),
		spoiled("another secret", await delivered({ current: newSecret() })),
		spoiled("an old timestamp", old),
		spoiled("a timestamp from the future", await delivered({ current: secret }, -LATE)),
		spoiled("a timestamp in words", set({ [names.timestamp]: "now" })),
		spoiled("an empty timestamp", set({ [names.timestamp]: "" })),
		spoiled("no timestamp", without(names.timestamp)),
		spoiled("no signature", without(names.signature)),
		spoiled("an unsigned delivery", await delivered(null)),
		spoiled("an empty signature", set({ [names.signature]: "" })),
		spoiled("a signature cut short", set({ [names.signature]: signature.slice(0, -1) })),
		spoiled(
			"a signature without its prefix",
			set({ [names.signature]: signature.slice(signature.search(/[,=]/) + 1) }),
		),
		spoiled("a signature of no ASCII", set({ [names.signature]: signature.replace(/...$/, "é€") })),
		spoiled(
			"the other scheme alone",
			only((name) => name.startsWith("webhook-") !== standard),
		),
		...(standard
			? [
					spoiled("no id", without(names.id)),
					spoiled("another version", set({ [names.signature]: signature.replace("v1,", "v1a,") })),
				]
			: []),
	];
}
