/**
 * The bytes of a source file: unpacked, cut into lines, checked to be UTF-8, and read again where
 * storage fails.
 */
package io.sparkswitch.data.source.unpack;
