package io.sparkswitch.jobs;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.loop.RunData;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a training job knows of the data it trains on.
 *
 * @param where all processes find it
 * @param vocabulary the vocabulary of its tokens
 * @param digest of everything that a batch depends on besides the configuration
 * @param order what of the configuration decides its order, in words: part of a run's identity
 * @param validationSequences sequences to evaluate on; 0 for none
 * @param inputs tokens of a sequence on the encoder's side
 * @param targets tokens of a sequence on the decoder's side
 * @param account what a run will use of it, in words; may refuse
 */
record TrainingData(
    RunData where,
    VocabularySpec vocabulary,
    String digest,
    String order,
    long validationSequences,
    int inputs,
    int targets,
    Supplier<List<String>> account) {}
