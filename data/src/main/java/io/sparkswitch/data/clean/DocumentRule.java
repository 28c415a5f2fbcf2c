package io.sparkswitch.data.clean;

import io.sparkswitch.data.source.Document;
import java.util.Optional;

/** A rule that looks at a whole document. Immutable. */
interface DocumentRule {
  RuleName name();

  /** The document as it goes on, or nothing if the rule drops it. */
  Optional<Document> apply(Document document);
}
