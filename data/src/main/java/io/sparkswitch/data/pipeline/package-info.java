/** The Spark jobs of the data path; the only package of the module that imports Spark. */
package io.sparkswitch.data.pipeline;
