// Refuses wrong settings by name before the system is started or deployed.
import { readSettings, SECRETS, type SettingName, type SettingTexts } from "../../src/settings.ts";
import { readWorkerConfig } from "./config.ts";

/**
 * Throws an Error that names each wrong setting and the reason, and never shows a secret.
 * @param deployed whether the settings are for a deployment, where secrets can't be read: missing ones are accepted
 */
export function requireSettings(texts: Readonly<Record<string, string | undefined>>, deployed = false): void {
	const { settings: known, wrong } = readSettings(texts as SettingTexts, readWorkerConfig().names);
	const unknown = Object.keys(texts)
		.filter((name) => !(name in known))
		.map((name) => `${name} is not a setting; there are ${Object.keys(known).join(", ")}.`);
	const secrets: readonly SettingName[] = SECRETS;
	const elsewhere = (name: SettingName) => deployed && secrets.includes(name) && texts[name] === undefined;
	const lines = [...wrong.filter(({ name }) => !elsewhere(name)).map(({ message }) => message), ...unknown];
	if (lines.length > 0) throw new Error(["These settings are wrong:", ...lines].join("\n- "));
}
