/** Safetensors files and the manifest that commits a checkpoint. */
package io.sparkswitch.model.checkpoint;
