// The form of a notification target: to create one, or to change one that was read.
import { api, callApi } from "../../../api.ts";
import { useChanges } from "../../../form/changes.ts";
import { Clashes } from "../../../form/clashes.tsx";
import { LoadLatest } from "../../../form/load-latest.tsx";
import { fieldLabel } from "../../../format.ts";
import { useMutation } from "../../../mutation.ts";
import { type Once, useOnce } from "../../../once.ts";
import { hasScope, useSession } from "../../../session.tsx";
import { Dialog, DialogFooter } from "../../../ui/dialog.tsx";
import { ErrorNotice, errorAt } from "../../../ui/feedback.tsx";
import { Checkbox, SelectField, TextField } from "../../../ui/field.tsx";
import { Form } from "../../../ui/form.tsx";
import { type Event, eventNames, events, type Kind, kinds, placeOf, type Target } from "./kinds.ts";

interface Props {
	/** The target to change; without it the form creates one. */
	readonly target?: Target;
	readonly onSaved: () => unknown;
	readonly onClose: () => void;
}

interface Values {
	readonly name: string;
	readonly type: Kind;
	/** The URL or the address. */
	readonly to: string;
	readonly events: readonly Event[];
	readonly version: number;
}

const valuesOf = (target: Target): Values => ({
	name: target.name,
	type: target.type,
	to: target.url ?? target.address ?? "",
	events: eventNames.filter((event) => target.events.includes(event)),
	version: target.version,
});

export function TargetForm({ target, onSaved, onClose }: Props) {
	const session = useSession();
	const mayTell = (event: Event) => hasScope(session, events[event].scope);
	const changes = useChanges<Values>(
		target
			? valuesOf(target)
			: { name: "", type: "slack", to: "", events: eventNames.filter(mayTell), version: 0 },
	);
	const { base, changed, values } = changes;
	const set = (change: Partial<Values>) => changes.set(() => change);
	const post = useOnce(create);
	const save = useMutation({
		mutationFn: () => (target ? change(target.id, base.version, changed, values) : post(values)),
		onSuccess: onSaved,
	});
	const place = placeOf(values.type);
	const wrong = (path: string) => errorAt(save.error, path);
	return (
		<Dialog title={target ? `Change “${target.name}”` : "Tell somebody"} onClose={onClose}>
			<Form unsaved={changes.isChanged} onSubmit={() => save.mutate()}>
				<TextField
					label="Name"
					required
					focused
					placeholder="Operations channel"
					value={values.name}
					onInput={(name) => set({ name })}
					error={wrong("name")}
				/>
				<SelectField
					label="By"
					value={values.type}
					options={Object.entries(kinds).map(([value, { text }]) => ({ value, text }))}
					onChange={(type) => set({ type: type as Kind })}
					error={wrong("type")}
				/>
				<TextField
					key={place}
					label={place === "url" ? "URL" : "E-mail address"}
					mono={place === "url"}
					required
					placeholder={place === "url" ? "https://hooks.example.com/…" : "operations@example.com"}
					value={values.to}
					onInput={(to) => set({ to })}
					hint={kinds[values.type].hint}
					error={wrong(place)}
				/>
				<fieldset class={wrong("events") ? "field invalid" : "field"}>
					<legend>Tell when</legend>
					{eventNames.map((event) => {
						const { text, about, scope } = events[event];
						return (
							<Checkbox
								key={event}
								label={text}
								hint={mayTell(event) ? about : `Only a key with the scope ${scope} may set this.`}
								disabled={!mayTell(event)}
								checked={values.events.includes(event)}
								onChange={(on) =>
									set({
										events: eventNames.filter((one) => (one === event ? on : values.events.includes(one))),
									})
								}
							/>
						);
					})}
					{wrong("events") ? <p class="error">{wrong("events")}</p> : null}
				</fieldset>
				<Clashes labels={changes.clashes.map((name) => (name === "to" ? "Where" : fieldLabel(name)))} />
				<ErrorNotice error={save.error} shown={["name", "type", "events", place]} />
				<DialogFooter action={target ? "Save" : "Create"} busy={save.isPending} onClose={onClose}>
					<LoadLatest
						save={save}
						read={async () => target && valuesOf(await read(target.id))}
						changes={changes}
					/>
				</DialogFooter>
			</Form>
		</Dialog>
	);
}

const create = ({ name, type, to, events: told }: Values, params: Once) =>
	callApi(
		api.POST("/notification-targets", {
			params,
			body: { name, type, [placeOf(type)]: to.trim(), events: [...told] },
		}),
	);

const read = (id: string) => callApi(api.GET("/notification-targets/{id}", { params: { path: { id } } }));

/** Sends only what differs: to change where a target is or what it is told needs further scopes. */
function change(id: string, version: number, changed: Partial<Values>, { type, to }: Values) {
	const { name, events: told } = changed;
	const isElsewhere = changed.type !== undefined || changed.to !== undefined;
	return callApi(
		api.PATCH("/notification-targets/{id}", {
			params: { path: { id }, header: { "If-Match": `"${version}"` } },
			body: {
				...(name === undefined ? {} : { name }),
				...(isElsewhere ? { type, [placeOf(type)]: to.trim() } : {}),
				...(told ? { events: [...told] } : {}),
			},
		}),
	);
}
