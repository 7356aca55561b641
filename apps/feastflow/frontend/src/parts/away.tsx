import { ComeBack } from './come-back.tsx';

/** In place of what cannot be shown while the backend does not answer. */
export function Away() {
  return (
    <div className="notice-page">
      <h1>The kitchen door is stuck</h1>
      <p>We cannot reach the shop right now. Orders that you have placed are safe.</p>
      <ComeBack />
      {/* biome-ignore lint/a11y/useValidAnchor: the same page again, for those without scripts */}
      <a className="button" href="">
        Try again now
      </a>
    </div>
  );
}
