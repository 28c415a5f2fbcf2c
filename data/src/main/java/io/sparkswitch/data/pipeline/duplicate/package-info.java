/** Which lines and documents of a corpus repeat others, decided once and for good by Spark. */
package io.sparkswitch.data.pipeline.duplicate;
