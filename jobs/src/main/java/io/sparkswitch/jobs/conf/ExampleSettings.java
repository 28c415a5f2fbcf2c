package io.sparkswitch.jobs.conf;

import io.sparkswitch.data.batch.example.ExampleShape;
import io.sparkswitch.data.batch.example.Filling;
import java.io.Serializable;

/** Section {@code examples}: supervised examples, text to text. */
public record ExampleSettings(int inputsLength, int targetsLength, Filling filling)
    implements Serializable {
  public ExampleSettings {
    Require.positive("examples.inputs-length", inputsLength);
    Require.positive("examples.targets-length", targetsLength);
  }

  /** What becomes of examples in a batch of an evaluation: one a sequence. */
  public ExampleShape evaluationShape() {
    return new ExampleShape(inputsLength, targetsLength, Filling.PADDED);
  }

  /** What becomes of examples in a batch of training. */
  public ExampleShape shape() {
    return new ExampleShape(inputsLength, targetsLength, filling);
  }
}
