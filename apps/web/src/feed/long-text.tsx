import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { RichText } from './rich-text.js';

/** What somebody wrote; of a long text the beginning, and the rest when it is asked for. */
export function LongText({ text, class: name }: { text: string; class: string }) {
  const body = useRef<HTMLParagraphElement>(null);
  const [open, setOpen] = useState(false);
  const [cut, setCut] = useState(false);

  // Ends with the layout that it was for: opened, nothing is cut off, and it could never be closed again.
  useLayoutEffect(() => {
    const element = body.current;
    if (!element || open) return;
    // Whether something is cut off depends on the width, which may change.
    const observer = new ResizeObserver(() => setCut(element.scrollHeight > element.clientHeight + 1));
    observer.observe(element);
    return () => observer.disconnect();
  }, [open, text]);

  return (
    <>
      <p ref={body} class={`${name} long-text`} data-open={open} dir="auto">
        <RichText text={text} />
      </p>
      {cut && (
        <button type="button" class="link long-text-more" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Show less' : 'Show more'}
        </button>
      )}
    </>
  );
}
