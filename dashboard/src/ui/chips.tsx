import type { ComponentChildren } from "preact";

interface Props {
	/** What the values are of. */
	readonly label: string;
	readonly values: readonly string[];
	readonly show: (value: string) => ComponentChildren;
	readonly onChange: (values: readonly string[]) => void;
}

/** Several chosen values, each with a button that removes it. */
export const Chips = ({ label, values, show, onChange }: Props) => (
	<ul class="chips">
		{values.map((value) => (
			<li key={value}>
				{show(value)}
				<button
					type="button"
					class="plain"
					aria-label={`Remove ${value} from ${label}`}
					onClick={() => onChange(values.filter((one) => one !== value))}
				>
					×
				</button>
			</li>
		))}
	</ul>
);
