import { encode } from "uqr";

/** Modules of white around it. ISO/IEC 18004 asks for four; the style sheet adds the rest, so that it is no more on white. */
const QUIET_ZONE = 1;

export interface QrCodeProps {
  readonly text: string;
  /** What screen readers say. */
  readonly label: string;
}

/** The text as a QR code, dark on white in either theme, since cameras expect that; fills its box. For the server. */
export function QrCode({ text, label }: QrCodeProps) {
  const { data, size } = encode(text, { border: QUIET_ZONE, ecc: "M" });
  const path = data.flatMap((row, y) => row.map((isDark, x) => isDark ? `M${x} ${y}h1v1h-1z` : "")).join("");
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <path fill="#fff" d={`M0 0h${size}v${size}h-${size}z`} />
      <path fill="#000" d={path} />
    </svg>
  );
}
