// The client of the tus protocol: asked for when there is something to send, and not before.
import { Upload } from "tus-js-client";

globalThis.TusUpload = Upload;
