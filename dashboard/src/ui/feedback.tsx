// Shown while loading, when a list is empty, and after an error.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, SessionEnded } from "../api.ts";

interface FailureProps {
	readonly error: Error | null;
	/** Paths whose errors are already shown at their fields. */
	readonly shown?: readonly string[];
	readonly retry?: () => void;
}

/** Shows an error with the API's message, and what to do about it. */
export function ErrorNotice({ error, shown = [], retry }: FailureProps) {
	const notice = useRef<HTMLDivElement>(null);
	// A dialog may be longer than the window, and its buttons, which are always in sight, are far from it.
	useEffect(() => {
		if (notice.current?.closest("dialog")) notice.current.scrollIntoView({ block: "center" });
	}, [error]);
	// After signing in again it would be untrue.
	if (!error || error instanceof SessionEnded) return null;
	const { status, errors, requestId } =
		error instanceof ApiError ? error : { status: -1, errors: [], requestId: null };
	const elsewhere = errors.filter(({ path }) => !shown.includes(path));
	return (
		<div class="failure" role="alert" ref={notice}>
			{errors.length > 0 && elsewhere.length === 0 ? (
				<p>The marked fields need another look.</p>
			) : errors.length > 1 ? (
				<ul>
					{elsewhere.map(({ path, message }) => (
						<li key={path}>
							{path ? <code>{path}</code> : null} {message}
						</li>
					))}
				</ul>
			) : (
				<p>{status === 412 ? "Somebody else has changed this meanwhile." : error.message}</p>
			)}
			{status === 403 ? <p>Sign in with a key that has it, or ask for one.</p> : null}
			{status >= 500 && requestId ? (
				<p>
					If it goes on, report this request: <code>{requestId}</code>
				</p>
			) : null}
			{retry && status !== 403 ? (
				<button type="button" onClick={retry}>
					Try again
				</button>
			) : null}
		</div>
	);
}

/** The API's message for a field, by its path. */
export function errorAt(error: Error | null, path: string): string | undefined {
	return error instanceof ApiError ? error.errors.find((one) => one.path === path)?.message : undefined;
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
	return (
		<div class="empty">
			<strong>{title}</strong>
			{children}
		</div>
	);
}

/** Whether the notice above the page already shows it. */
const isPageWide = (error: Error) => error instanceof ApiError && [0, 429].includes(error.status);

/** A button for an action: while busy it keeps the focus and ignores clicks. */
export function ActionButton({
	busy,
	onClick,
	children,
	...rest
}: Omit<JSX.IntrinsicElements["button"], "onClick"> & { busy: boolean; onClick?: () => unknown }) {
	return (
		<button
			type={onClick ? "button" : "submit"}
			{...rest}
			aria-disabled={busy}
			onClick={(event) => {
				if (busy) event.preventDefault();
				else onClick?.();
			}}
		>
			{children}
		</button>
	);
}

export const Loading = () => (
	<div class="loading" role="status">
		Loading…
	</div>
);

interface Query<T> {
	readonly data: T | undefined;
	readonly error: Error | null;
	readonly refetch: () => unknown;
}

/** Shows the result of a query or its error; an earlier result stays visible beside the error. */
export function QueryResult<T>({
	query,
	children,
}: {
	query: Query<T>;
	children: (data: T) => ComponentChildren;
}) {
	const { data, error, refetch } = query;
	if (data !== undefined) {
		return (
			<>
				{error && !isPageWide(error) ? <ErrorNotice error={error} retry={() => refetch()} /> : null}
				{children(data)}
			</>
		);
	}
	if (!error || error instanceof SessionEnded) return <Loading />;
	return <ErrorNotice error={error} retry={() => refetch()} />;
}
