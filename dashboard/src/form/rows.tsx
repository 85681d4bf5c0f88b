// A list of objects: the lines of a quotation, the stages of a pipeline, the questions of a form.
import { useLayoutEffect, useRef } from "preact/hooks";
import { errorAt } from "../ui/feedback.tsx";
import type { NestedProps } from "./field-input.tsx";
import { Group } from "./group.tsx";

function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
	return list.toSpliced(from, 1).toSpliced(to, 0, ...list.slice(from, from + 1));
}

export function Rows({ label, fields, path, value, onChange, error }: NestedProps) {
	const one = label.replace(/s$/, "");
	const rows: readonly unknown[] = Array.isArray(value) ? value : [];
	const ownError = errorAt(error, path);
	const keys = useRef<readonly number[]>([]);
	const made = useRef(0);
	// A row keeps its key while others come, go and move, and with it what was typed and is no value, such as a wrong number.
	const missing = Array.from({ length: rows.length - keys.current.length }, () => made.current++);
	keys.current = [...keys.current, ...missing].slice(0, rows.length);
	const pressed = useRef<HTMLButtonElement | null>(null);
	// A row that moves takes the focus of its button along; at an end the button can't be pressed any more.
	useLayoutEffect(() => {
		const { current } = pressed;
		pressed.current = null;
		const place = current?.disabled ? current.parentElement?.querySelector("button:enabled") : current;
		if (place instanceof HTMLElement) place.focus();
	}, [value]);
	const remove = (at: number) => {
		keys.current = keys.current.toSpliced(at, 1);
		onChange(rows.toSpliced(at, 1));
	};
	const move = (from: number, to: number, button: HTMLButtonElement) => {
		keys.current = moved(keys.current, from, to);
		pressed.current = button;
		onChange(moved(rows, from, to));
	};
	return (
		<fieldset class={ownError ? "rows invalid" : "rows"}>
			<legend>{label}</legend>
			{rows.map((row, at) => {
				const name = `${one} ${at + 1}`;
				return (
					<div class="row-card" key={keys.current[at]}>
						<Group
							label={name}
							fields={fields}
							path={`${path}.${at}`}
							value={row}
							onChange={(changed) => onChange(rows.with(at, changed))}
							error={error}
						/>
						<p class="row-actions">
							<button
								type="button"
								class="small"
								aria-label={`Move ${name} up`}
								disabled={at === 0}
								onClick={({ currentTarget }) => move(at, at - 1, currentTarget)}
							>
								↑
							</button>
							<button
								type="button"
								class="small"
								aria-label={`Move ${name} down`}
								disabled={at === rows.length - 1}
								onClick={({ currentTarget }) => move(at, at + 1, currentTarget)}
							>
								↓
							</button>
							<button type="button" class="small" aria-label={`Remove ${name}`} onClick={() => remove(at)}>
								Remove
							</button>
						</p>
					</div>
				);
			})}
			{ownError ? <p class="error">{ownError}</p> : null}
			<button type="button" class="small" onClick={() => onChange([...rows, {}])}>
				{`Add ${one.toLowerCase()}`}
			</button>
		</fieldset>
	);
}
