// How far an import is, and what came of it.
import { useEffect, useRef, useState } from "preact/hooks";
import { refusedLines } from "../../../../../sdk/src/cli/csv/results.ts";
import { progressLine } from "../../../../../sdk/src/cli/progress.ts";
import { formatNumber } from "../../../format.ts";
import { useOutdate } from "../../../outdated.ts";
import { href } from "../../../router.tsx";
import { ErrorNotice } from "../../../ui/feedback.tsx";
import { Section } from "../../../ui/layout.tsx";
import { unsavedMark } from "../../../unsaved.ts";
import { download } from "./download.ts";
import type { Noun } from "./nouns.ts";
import type { Sheet } from "./reading.ts";
import type { Sending } from "./sending.ts";

interface Props {
	readonly noun: Noun;
	readonly sheet: Sheet;
	readonly sending: Sending;
	readonly onDone: () => void;
}

export function Progress({ noun, sheet, sending, onDone }: Props) {
	const { sent, error, isRunning, start, stop, perSecond } = useSending(sending);
	const total = sheet.rows.length;
	const isComplete = sent.rows === total;
	const save = () => {
		const { header, rows } = refusedLines(sheet.headers, sent.refused, sheet.delimiter);
		download(`${sheet.name.replace(/\.\w+$/, "")}.rejected.csv`, header + rows);
	};
	return (
		<Section title={isComplete ? `${sheet.name} is imported` : `Importing ${sheet.name}`}>
			<div class="page-form" {...unsavedMark(!isComplete)}>
				{isComplete ? null : (
					<>
						<progress aria-label={`Rows of ${sheet.name}`} value={sent.rows} max={total} />
						<p>{progressLine(sent.rows, total, perSecond)}</p>
					</>
				)}
				<p role="status">
					{formatNumber(sent.created)} created, {formatNumber(sent.updated)} updated,{" "}
					{formatNumber(sent.refused.length)} refused.
				</p>
				<ErrorNotice error={error} />
				<footer>
					{isRunning ? (
						<button type="button" onClick={stop}>
							Stop
						</button>
					) : isComplete ? (
						<button type="button" onClick={onDone}>
							Import another file
						</button>
					) : (
						<button type="button" class="primary" onClick={start}>
							Go on
						</button>
					)}
					{sent.refused.length > 0 && !isRunning ? (
						<button type="button" onClick={save}>
							Save the refused rows
						</button>
					) : null}
					{isComplete ? <a href={href(`/data/${noun}`)}>Show the {noun}</a> : null}
				</footer>
			</div>
		</Section>
	);
}

/** Runs a sending until it ends, is stopped or fails. */
function useSending(sending: Sending) {
	const outdate = useOutdate();
	const [sent, setSent] = useState(sending.sent);
	const [error, setError] = useState<Error | null>(null);
	const [isRunning, setRunning] = useState(false);
	const control = useRef(new AbortController());
	const begun = useRef({ at: 0, rows: 0 });
	const start = async () => {
		control.current = new AbortController();
		begun.current = { at: performance.now(), rows: sending.sent.rows };
		setError(null);
		setRunning(true);
		await sending.run(setSent, control.current.signal).catch(setError);
		setRunning(false);
		void outdate();
	};
	useEffect(() => {
		void start();
		return () => control.current.abort();
	}, []);
	const { at, rows } = begun.current;
	const perSecond = (sent.rows - rows) / ((performance.now() - at) / 1_000);
	return { sent, error, isRunning, perSecond, start, stop: () => control.current.abort() };
}
