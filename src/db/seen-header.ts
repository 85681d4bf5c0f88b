// X-Webhook-Bookmark: what a delivery tells of is in each copy of the database that is at least so new. A receiver whose key reads
// from the nearest copy sends it back with a read. It is sealed: a bookmark also says how much other organizations write.
import { seal, unseal } from "../sealed.ts";
import { type SettingTexts, settingsOf } from "../settings.ts";
import type { Seen } from "../verdict.ts";

export const BOOKMARK_HEADER = "X-Webhook-Bookmark";
const SCOPE = "bookmark";

/** The header's value for an organization. */
export const sealSeen = (env: SettingTexts, organizationId: string, seen: Seen): Promise<string> =>
	seal(settingsOf(env).ENCRYPTION_KEY, organizationId, SCOPE, JSON.stringify(seen));

/** What the header says that was sent to this organization; null when it was not, or can't be opened any more. */
export async function openSeen(
	env: SettingTexts,
	organizationId: string,
	sealed: string,
): Promise<Seen | null> {
	try {
		return JSON.parse(await unseal(settingsOf(env).ENCRYPTION_KEY, organizationId, SCOPE, sealed));
	} catch {
		return null;
	}
}
