// Where this browser keeps its device keys. AGENT-PROTOCOL, "Device": a non-extractable WebCrypto
// key lives in IndexedDB as a handle; its private half can be used here and never read.
// Only keys and identifiers are stored: nothing biometric, ever (R-9.3-6).

const DATABASE = "countersign-agent";
const STORE = "devices";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore(mode, operation) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = operation(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Keep a device: {id, type: "jws", privateKey} or {id, type: "webauthn", credential_id}. */
export const keep = (device) => inStore("readwrite", (store) => store.put(device));

/** The kept device among those that the server lists for this person, or undefined. */
export async function findKept(listed) {
  const kept = await inStore("readonly", (store) => store.getAll());
  const ids = new Set(listed.map((device) => device.id));
  return kept.find((device) => ids.has(device.id));
}
