'use client';

export default function Failed() {
  return (
    <div className="notice-page">
      <h1>Something was dropped</h1>
      <p role="alert">This page could not be shown. Your cart and your orders are safe.</p>
      <button type="button" onClick={() => location.reload()}>
        Load it again
      </button>
    </div>
  );
}
