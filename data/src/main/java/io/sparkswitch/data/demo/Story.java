package io.sparkswitch.data.demo;

/** One document, with the fields of C4's JSON lines. */
record Story(String text, String timestamp, String url) {}
