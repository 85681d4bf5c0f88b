// Form fields, each with a label, a hint and the API's error.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface Shared {
	readonly label: string;
	readonly hint?: ComponentChildren;
	/** The API's error message. */
	readonly error?: string | undefined;
	readonly optional?: boolean;
	/** Whether to say that it is required, among others that are not. */
	readonly isRequired?: boolean;
}

interface FrameProps extends Shared {
	readonly children: (input: {
		id: string;
		"aria-describedby": string | undefined;
		"aria-invalid": boolean;
	}) => JSX.Element;
}

function Frame({ label, hint, error, optional, isRequired, children }: FrameProps) {
	const id = useId();
	const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
	return (
		<div class={error ? "field invalid" : "field"}>
			<div>
				<label for={id}>{label}</label>
				{optional ? <span class="soft"> optional</span> : null}
				{isRequired ? <span class="soft"> required</span> : null}
			</div>
			{children({ id, "aria-describedby": described || undefined, "aria-invalid": Boolean(error) })}
			{hint ? (
				<p class="hint" id={`${id}-hint`}>
					{hint}
				</p>
			) : null}
			{error ? (
				<p class="error" id={`${id}-error`}>
					{error}
				</p>
			) : null}
		</div>
	);
}

interface TextProps extends Shared {
	readonly value: string;
	readonly onInput: (value: string) => void;
	readonly type?: "text" | "password" | "search" | "number" | "date" | "datetime-local";
	readonly mono?: boolean;
	readonly placeholder?: string;
	readonly required?: boolean;
	readonly focused?: boolean;
	/** What Enter does instead of submitting the form. */
	readonly onEnter?: (() => void) | undefined;
}

/** The latest date, by type: without it browsers take years of six digits, which the API has none of. */
const LATEST: Readonly<Record<string, string>> = { date: "9999-12-31", "datetime-local": "9999-12-31T23:59" };

export function TextField({
	value,
	onInput,
	type = "text",
	mono,
	placeholder,
	required,
	focused,
	onEnter,
	...frame
}: TextProps) {
	const element = useRef<HTMLInputElement>(null);
	useEffect(() => {
		if (focused) element.current?.focus();
	}, [focused]);
	return (
		<Frame {...frame}>
			{(input) => (
				<input
					{...input}
					ref={element}
					type={type}
					class={mono ? "mono" : ""}
					value={value}
					placeholder={placeholder}
					required={required}
					autofocus={focused}
					autocomplete="off"
					spellcheck={false}
					max={LATEST[type]}
					onInput={({ currentTarget }) => onInput(currentTarget.value)}
					onKeyDown={(event) => {
						if (!onEnter || event.key !== "Enter" || event.isComposing) return;
						event.preventDefault();
						onEnter();
					}}
				/>
			)}
		</Frame>
	);
}

interface AreaProps
	extends Shared,
		Pick<TextProps, "value" | "onInput" | "mono" | "placeholder" | "required"> {
	/** What is wrong with a text; empty if nothing is. The browser says it, and doesn't submit the form. */
	readonly problemOf?: (value: string) => string;
}

export function TextArea({ value, onInput, mono, placeholder, required, problemOf, ...frame }: AreaProps) {
	return (
		<Frame {...frame}>
			{(input) => (
				<textarea
					{...input}
					rows={3}
					class={mono ? "mono" : ""}
					value={value}
					placeholder={placeholder}
					required={required}
					spellcheck={!mono}
					onInput={({ currentTarget }) => {
						currentTarget.setCustomValidity(problemOf?.(currentTarget.value) ?? "");
						onInput(currentTarget.value);
					}}
				/>
			)}
		</Frame>
	);
}

interface Option {
	readonly value: string;
	readonly text: string;
}

interface SelectProps extends Shared {
	readonly value: string;
	readonly options: readonly (Option | string)[];
	readonly onChange: (value: string) => void;
}

export function SelectField({ value, options, onChange, ...frame }: SelectProps) {
	return (
		<Frame {...frame}>
			{(input) => (
				<select {...input} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
					{options.map((option) => {
						const { value, text } = typeof option === "string" ? { value: option, text: option } : option;
						return (
							<option key={value} value={value}>
								{text}
							</option>
						);
					})}
				</select>
			)}
		</Frame>
	);
}

interface CheckProps {
	readonly label: ComponentChildren;
	readonly hint?: ComponentChildren;
	readonly checked: boolean;
	readonly onChange: (checked: boolean) => void;
	readonly disabled?: boolean;
	readonly mono?: boolean;
	/** The accessible name, if the label alone is not clear. */
	readonly name?: string;
	/** More information, shown on hover. */
	readonly title?: string;
}

export function Checkbox({ label, hint, checked, onChange, disabled, mono, name, title }: CheckProps) {
	return (
		<label class={disabled ? "check disabled" : "check"} title={title}>
			<input
				type="checkbox"
				checked={checked}
				disabled={disabled}
				aria-label={name}
				onChange={({ currentTarget }) => onChange(currentTarget.checked)}
			/>
			<span>
				<span class={mono ? "mono" : ""}>{label}</span>
				{hint ? <span class="hint">{hint}</span> : null}
			</span>
		</label>
	);
}
