// The camera, and honest measures of its picture. AGENT-PROTOCOL, "Transaction" 5: guidance on
// quality comes from the agent; nothing here decides anything (R-5.4.1-1, R-6.1-2).

const SAMPLE = { width: 64, height: 48 };
const VIRTUAL = /obs|virtual|manycam|snap camera|xsplit|droidcam|v4l2loopback|fake/i;

/** The person or the browser said no, or there is no camera. */
export class CameraUnavailable extends Error {}

/** Start the camera on `video`. Returns {stop, signals}. */
export async function openCamera(video) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: {
        facingMode: "user",
        width: { ideal: 640 },
        height: { ideal: 480 },
        frameRate: { ideal: 30 },
        resizeMode: { ideal: "none" }, // whole frames: the browser would crop to the size asked for
      },
    });
  } catch (cause) {
    throw new CameraUnavailable(cause.name, { cause });
  }
  const [track] = stream.getVideoTracks();
  video.srcObject = stream;
  await video.play();
  await firstPicture(video);
  const { width, height, frameRate, facingMode } = track.getSettings();
  return {
    // The camera's label stays here: only the suspicion that it names a program leaves (R-9.3-4).
    signals: {
      width,
      height,
      frame_rate: Math.round(frameRate ?? 0),
      facing: facingMode ?? "unknown",
      virtual_camera_suspected: VIRTUAL.test(track.label),
    },
    stop() {
      for (const each of stream.getTracks()) each.stop();
      video.srcObject = null;
    },
  };
}

function firstPicture(video) {
  if (video.requestVideoFrameCallback) {
    return new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  }
  return video.readyState >= 2
    ? Promise.resolve()
    : new Promise((resolve) => video.addEventListener("loadeddata", resolve, { once: true }));
}

/** A meter of brightness, contrast, sharpness and motion on a thumbnail of the picture. */
export function createMeter() {
  const canvas = Object.assign(document.createElement("canvas"), SAMPLE);
  const context = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
  let before = null;
  return {
    read(source) {
      context.drawImage(source, 0, 0, SAMPLE.width, SAMPLE.height);
      const grey = toGrey(context.getImageData(0, 0, SAMPLE.width, SAMPLE.height).data);
      const measured = { ...lightOf(grey), sharpness: sharpnessOf(grey), motion: 0 };
      if (before) measured.motion = mean(grey, (value, index) => Math.abs(value - before[index]));
      before?.fill(0);
      before = grey;
      return measured;
    },
    /** Overwrite what was measured on. R-9.3-6. */
    forget() {
      before?.fill(0);
      before = null;
      canvas.width = canvas.height = 0;
    },
  };
}

/** The sentence (a message key) that fits a measurement; turning the head is not "moving". */
export function advice({ brightness, contrast, sharpness, motion }, { still }) {
  if (brightness < 12 && contrast < 6) return "feedback_covered";
  if (brightness < 50) return "feedback_dark";
  if (brightness > 220) return "feedback_bright";
  if (contrast < 12) return "feedback_flat";
  if (still && motion > 14) return "feedback_moving";
  if (still && sharpness < 4) return "feedback_blurred";
  return "feedback_good";
}

const mean = (values, of) => values.reduce((sum, value, i) => sum + of(value, i), 0) / values.length;

function toGrey(rgba) {
  const grey = new Float32Array(rgba.length / 4);
  for (let i = 0; i < grey.length; i += 1) {
    grey[i] = 0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2];
  }
  return grey;
}

function lightOf(grey) {
  const brightness = mean(grey, (value) => value);
  return { brightness, contrast: Math.sqrt(mean(grey, (value) => (value - brightness) ** 2)) };
}

function sharpnessOf(grey) {
  let sum = 0;
  let count = 0;
  for (let y = 1; y < SAMPLE.height - 1; y += 1) {
    for (let x = 1; x < SAMPLE.width - 1; x += 1) {
      const i = y * SAMPLE.width + x;
      const around = grey[i - 1] + grey[i + 1] + grey[i - SAMPLE.width] + grey[i + SAMPLE.width];
      sum += Math.abs(4 * grey[i] - around);
      count += 1;
    }
  }
  return sum / count;
}
