// A list of objects: the lines of a quotation, the stages of a pipeline, the questions of a form.
import { errorAt } from "../ui/feedback.tsx";
import type { NestedProps } from "./field-input.tsx";
import { Group } from "./group.tsx";

export function Rows({ label, fields, path, value, onChange, error }: NestedProps) {
	const one = label.replace(/s$/, "");
	const rows: readonly unknown[] = Array.isArray(value) ? value : [];
	const ownError = errorAt(error, path);
	const move = (from: number, to: number) => onChange(rows.toSpliced(from, 1).toSpliced(to, 0, rows[from]));
	return (
		<fieldset class={ownError ? "rows invalid" : "rows"}>
			<legend>{label}</legend>
			{rows.map((row, at) => {
				const name = `${one} ${at + 1}`;
				return (
					<div class="row-card" key={`${at} of ${rows.length}`}>
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
								onClick={() => move(at, at - 1)}
							>
								↑
							</button>
							<button
								type="button"
								class="small"
								aria-label={`Move ${name} down`}
								disabled={at === rows.length - 1}
								onClick={() => move(at, at + 1)}
							>
								↓
							</button>
							<button
								type="button"
								class="small"
								aria-label={`Remove ${name}`}
								onClick={() => onChange(rows.toSpliced(at, 1))}
							>
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
