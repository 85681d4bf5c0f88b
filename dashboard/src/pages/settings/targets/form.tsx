// The form of a notification target: to create one, or to change one that was read.

import { useState } from "preact/hooks";
import { api, callApi } from "../../../api.ts";
import { type Creation, useCreation } from "../../../creation.ts";
import { useMutation } from "../../../mutation.ts";
import { useSession } from "../../../session.tsx";
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
}

export function TargetForm({ target, onSaved, onClose }: Props) {
	const { scopes } = useSession();
	const mayTell = (event: Event) =>
		["*", "*:read", events[event].scope].some((scope) => scopes.includes(scope));
	const [initial] = useState<Values>({
		name: target?.name ?? "",
		type: target?.type ?? "slack",
		to: target?.url ?? target?.address ?? "",
		events: target?.events ?? eventNames.filter(mayTell),
	});
	const [values, setValues] = useState(initial);
	const set = (change: Partial<Values>) => setValues((before) => ({ ...before, ...change }));
	const post = useCreation(create);
	const save = useMutation({
		mutationFn: () => (target ? change(target, values) : post(values)),
		onSuccess: onSaved,
	});
	const place = placeOf(values.type);
	const wrong = (path: string) => errorAt(save.error, path);
	return (
		<Dialog title={target ? `Change “${target.name}”` : "Tell somebody"} onClose={onClose}>
			<Form unsaved={values !== initial} onSubmit={() => save.mutate()}>
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
				<ErrorNotice error={save.error} shown={["name", "type", "events", place]} />
				<DialogFooter action={target ? "Save" : "Create"} busy={save.isPending} onClose={onClose} />
			</Form>
		</Dialog>
	);
}

const create = ({ name, type, to, events: told }: Values, params: Creation) =>
	callApi(
		api.POST("/notification-targets", {
			params,
			body: { name, type, [placeOf(type)]: to.trim(), events: [...told] },
		}),
	);

/** Sends only what differs: to change where a target is or what it is told needs further scopes. */
function change({ id, version, ...before }: Target, { name, type, to, events: told }: Values) {
	const place = placeOf(type);
	return callApi(
		api.PATCH("/notification-targets/{id}", {
			params: { path: { id }, header: { "If-Match": `"${version}"` } },
			body: {
				name,
				...(type === before.type ? {} : { type }),
				...(to.trim() === before[place] ? {} : { [place]: to.trim() }),
				...(told.join() === before.events.join() ? {} : { events: [...told] }),
			},
		}),
	);
}
