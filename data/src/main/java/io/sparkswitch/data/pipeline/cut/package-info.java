/**
 * From one source file to its shards: documents cleaned and judged, cut into segments, written
 * under the recipe that names them.
 */
package io.sparkswitch.data.pipeline.cut;
