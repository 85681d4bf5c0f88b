// Selects the events of a webhook: all, all of a noun, or single ones.
import { useQuery } from "@tanstack/preact-query";
import { api, callApi, type Schemas } from "../../api.ts";
import { fieldLabel } from "../../format.ts";
import { QueryResult } from "../../ui/feedback.tsx";
import { Checkbox } from "../../ui/field.tsx";

type Topic = Schemas["Topic"];

interface Props {
	readonly chosen: readonly string[];
	readonly onChange: (events: readonly string[]) => void;
	readonly error?: string | undefined;
}

/** The events that this organization may subscribe to. */
export const useTopics = () =>
	useQuery({
		queryKey: ["topics"],
		queryFn: () => callApi(api.GET("/webhooks/topics")).then(({ items }) => items),
	});

const nounOf = ({ event }: Topic) => event.split(".")[0] ?? event;

export function EventPicker({ chosen, onChange, error }: Props) {
	const toggle = (event: string, on: boolean) =>
		onChange(on ? [...chosen, event] : chosen.filter((one) => one !== event));
	const every = chosen.includes("*");
	const topics = useTopics();
	return (
		<fieldset class="events" aria-describedby={error ? "events-error" : undefined}>
			<legend>Events</legend>
			{error ? (
				<p class="error" id="events-error">
					{error}
				</p>
			) : null}
			<Checkbox
				label="*"
				name="*"
				mono
				hint="Every event, those to come included."
				checked={every}
				onChange={(on) => onChange(on ? ["*"] : [])}
			/>
			{every ? null : (
				<QueryResult query={topics}>
					{(found) => (
						<div class="event-groups">
							{[...Map.groupBy(found, nounOf)].map(([noun, group]) => (
								<Noun key={noun} noun={noun} topics={group} chosen={chosen} toggle={toggle} />
							))}
						</div>
					)}
				</QueryResult>
			)}
		</fieldset>
	);
}

interface NounProps {
	readonly noun: string;
	readonly topics: readonly Topic[];
	readonly chosen: readonly string[];
	readonly toggle: (event: string, on: boolean) => void;
}

function Noun({ noun, topics, chosen, toggle }: NounProps) {
	const all = `${noun}.*`;
	const covered = chosen.includes(all);
	const single = topics.length === 1 && topics[0]?.event === noun;
	return (
		<fieldset>
			<legend>{fieldLabel(noun)}</legend>
			{single ? null : (
				<Checkbox label={all} name={all} mono checked={covered} onChange={(on) => toggle(all, on)} />
			)}
			{topics.map(({ event, description, process }) => (
				<Checkbox
					key={event}
					label={event}
					name={event}
					mono
					title={(process ? `${description} Built-in process: ${process}` : description).replaceAll("`", "")}
					checked={covered || chosen.includes(event)}
					disabled={covered}
					onChange={(on) => toggle(event, on)}
				/>
			))}
		</fieldset>
	);
}
