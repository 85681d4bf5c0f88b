// How a form will look to those who fill it in, while it is being edited.
import { Section } from "../ui/layout.tsx";

interface Question {
	readonly label?: string;
	readonly type?: string;
	readonly required?: boolean;
	readonly options?: readonly string[];
}

interface Props {
	readonly values: Readonly<Record<string, unknown>>;
}

export function FormPreview({ values: { title, description, fields } }: Props) {
	const questions: readonly Question[] = Array.isArray(fields) ? fields : [];
	return (
		<Section title="Preview">
			<div class="preview">
				<h3>{String(title ?? "") || "Untitled"}</h3>
				{description ? <p>{String(description)}</p> : null}
				{questions.map((question, at) => (
					<Answer key={at} {...question} />
				))}
				<button type="button" disabled>
					Send
				</button>
			</div>
		</Section>
	);
}

function Answer({ label = "", type = "text", required = false, options = [] }: Question) {
	const name = label || "Question";
	if (type === "boolean")
		return (
			<label class="check">
				<input type="checkbox" disabled />
				<span>{name}</span>
			</label>
		);
	const input =
		type === "longText" ? (
			<textarea rows={3} disabled aria-label={name} />
		) : type === "singleSelect" || type === "multiSelect" ? (
			<select disabled aria-label={name}>
				{options.map((option) => (
					<option key={option}>{option}</option>
				))}
			</select>
		) : (
			<input
				type={type === "number" || type === "date" || type === "email" ? type : "text"}
				disabled
				aria-label={name}
			/>
		);
	return (
		<div class="field">
			<span>
				{name}
				{required ? " *" : ""}
			</span>
			{input}
		</div>
	);
}
