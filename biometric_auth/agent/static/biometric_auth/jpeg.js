// One video frame as a baseline JPEG without metadata. AGENT-PROTOCOL, "Transaction" 4, parts 2…
// Some browsers write an EXIF segment into canvas images: it is cut out (R-5.4.2-1).

const SHORT_SIDE = 480;
const LONG_SIDE = 1280;
const QUALITIES = [0.85, 0.7, 0.5];

/** Draw `source` on `canvas`, 480 pixels across its short side, and return a JPEG in `budget`. */
export async function toJpeg(source, canvas, budget) {
  const width = source.videoWidth || source.width;
  const height = source.videoHeight || source.height;
  const shrink = [SHORT_SIDE / Math.min(width, height), LONG_SIDE / Math.max(width, height)];
  const scale = Math.min(1, ...shrink);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d", { alpha: false }).drawImage(source, 0, 0, canvas.width, canvas.height);
  let bytes;
  for (const quality of QUALITIES) {
    bytes = await encode(canvas, quality);
    if (bytes.length <= budget) break;
  }
  return withoutMetadata(bytes);
}

const encode = (canvas, quality) =>
  new Promise((resolve, reject) => {
    canvas.toBlob(
      async (blob) => {
        if (blob) resolve(new Uint8Array(await blob.arrayBuffer()));
        else reject(new Error("the canvas gave no image"));
      },
      "image/jpeg",
      quality,
    );
  });

/** Copy the segments that an image needs: not APP1…APP15 (EXIF, ICC, XMP) and not comments. */
export function withoutMetadata(bytes) {
  const kept = [bytes.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const marker = bytes[at + 1];
    const end = at + 2 + ((bytes[at + 2] << 8) | bytes[at + 3]);
    const isMetadata = (marker > 0xe0 && marker <= 0xef) || marker === 0xfe;
    if (!isMetadata) kept.push(bytes.subarray(at, end));
    at = end;
  }
  kept.push(bytes.subarray(at)); // the scan: the rest of the file
  return concatenate(kept);
}

export function concatenate(chunks) {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
