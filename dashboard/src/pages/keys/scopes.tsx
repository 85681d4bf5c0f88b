// The scopes of a key as checkboxes: everything, all reads or writes, or single resources.
import type { Schemas } from "../../api.ts";
import { fieldLabel } from "../../format.ts";
import { Checkbox } from "../../ui/field.tsx";

type Scope = Schemas["ApiKey"]["scopes"][number];
type NounOf<S> = S extends `${infer N}:${string}` ? Exclude<N, "*"> : never;
type Noun = NounOf<Scope>;

const CRM = "CRM";
const PAPERS = "Papers and forms";
const SETTINGS = "Settings";
const DEVELOPER = "Developer";

/** The group of each resource; the compiler checks that none is missing. */
const groupOf: Readonly<Record<Noun, string>> = {
	leads: CRM,
	clients: CRM,
	deals: CRM,
	tasks: CRM,
	conversations: CRM,
	quotations: PAPERS,
	invoices: PAPERS,
	forms: PAPERS,
	"form-responses": PAPERS,
	webhooks: DEVELOPER,
	events: DEVELOPER,
	"api-keys": DEVELOPER,
	"request-log": DEVELOPER,
	notifications: DEVELOPER,
	pipelines: SETTINGS,
	"lead-stages": SETTINGS,
	"lead-sources": SETTINGS,
	products: SETTINGS,
	tags: SETTINGS,
	users: SETTINGS,
	"custom-fields": SETTINGS,
	organization: SETTINGS,
};

const groups = [...Map.groupBy(Object.keys(groupOf) as Noun[], (noun) => groupOf[noun])];

const verbs = ["read", "write"] as const;

/** What a scope allows that its name doesn't say. */
const CONSEQUENCES: Readonly<Partial<Record<Noun, string>>> = {
	events: "Events show the data of every record that the key may read, now and in the past.",
	webhooks:
		"Write sends events of all that the key may read to a URL outside; read shows what was sent, with its data.",
	"api-keys": "Write creates further keys with the same rights.",
	"custom-fields": "Write changes what every record has.",
	"form-responses": "Write creates leads, as the form says.",
	leads: "Write shows the whole lead in its answer. Erase removes a person for good.",
	clients: "Write shows the whole client in its answer. Erase removes a person for good.",
};

/** Resources with an erase scope, which the write scope doesn't include. */
const erasable: readonly string[] = ["leads", "clients"];
const isErasable = (noun: Noun): noun is "leads" | "clients" => erasable.includes(noun);

interface Props {
	readonly chosen: readonly Scope[];
	readonly onChange: (scopes: readonly Scope[]) => void;
}

export function Scopes({ chosen, onChange }: Props) {
	const toggle = (scope: Scope, on: boolean) =>
		onChange(on ? [...chosen, scope] : chosen.filter((held) => held !== scope));
	const everything = chosen.includes("*");
	const isChosen = (noun: Noun) =>
		chosen.some((scope) => scope.startsWith(`${noun}:`) || scope === "*:read" || scope === "*:write");
	return (
		<fieldset class="scopes">
			<legend>Scopes</legend>
			<Checkbox
				label="Everything"
				hint="Reads, writes and erases all there is, also data of persons, and what may be added later."
				checked={everything}
				onChange={(on) => onChange(on ? ["*"] : [])}
			/>
			{everything ? null : (
				<>
					<div class="scope-row all">
						<span>All resources</span>
						{verbs.map((verb) => (
							<Checkbox
								key={verb}
								label={verb}
								name={`*:${verb}`}
								checked={chosen.includes(`*:${verb}`)}
								onChange={(on) => toggle(`*:${verb}`, on)}
							/>
						))}
					</div>
					<div class="scope-groups">
						{groups.map(([name, nouns]) => (
							<fieldset key={name}>
								<legend>{name}</legend>
								{nouns.map((noun) => (
									<div class="scope-row" key={noun}>
										<span>
											{fieldLabel(noun)}
											{isChosen(noun) && CONSEQUENCES[noun] ? (
												<span class="hint">{CONSEQUENCES[noun]}</span>
											) : null}
										</span>
										{verbs.map((verb) => {
											const scope = `${noun}:${verb}` as const;
											const covered = chosen.includes(`*:${verb}`);
											return (
												<Checkbox
													key={verb}
													label={verb}
													name={scope}
													checked={covered || chosen.includes(scope)}
													disabled={covered}
													onChange={(on) => toggle(scope, on)}
												/>
											);
										})}
										{isErasable(noun) ? (
											<Checkbox
												label="erase"
												name={`${noun}:erase`}
												checked={chosen.includes(`${noun}:erase`)}
												onChange={(on) => toggle(`${noun}:erase`, on)}
											/>
										) : null}
									</div>
								))}
							</fieldset>
						))}
					</div>
					{chosen.length === 0 ? <p class="hint">Choose at least one.</p> : null}
				</>
			)}
		</fieldset>
	);
}
