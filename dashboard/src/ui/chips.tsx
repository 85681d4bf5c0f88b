import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Props {
	/** What the values are of. */
	readonly label: string;
	readonly values: readonly string[];
	readonly show: (value: string) => ComponentChildren;
	readonly onChange: (values: readonly string[]) => void;
}

/** Several chosen values, each with a button that removes it. */
export function Chips({ label, values, show, onChange }: Props) {
	const id = useId();
	return (
		<ul class="chips">
			{values.map((value, at) => {
				const [verb, shown, list] = ["verb", "shown", "list"].map((part) => `${id}-${at}-${part}`);
				return (
					<li key={value}>
						<span id={shown}>{show(value)}</span>
						<button
							type="button"
							class="plain"
							// The name of a record is on the page only: its id says nothing.
							aria-labelledby={`${verb} ${shown} ${list}`}
							onClick={() => onChange(values.filter((one) => one !== value))}
						>
							<span class="unseen" id={verb}>
								Remove
							</span>
							×
							<span class="unseen" id={list}>
								from {label}
							</span>
						</button>
					</li>
				);
			})}
		</ul>
	);
}
