package io.sparkswitch.model.checkpoint;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.tensor.ParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Files against the parameters of a model: each there, in its shape, and nothing else. */
final class ParameterMatch {
  private static final int NAMED = 3;

  private ParameterMatch() {}

  /**
   * @param where the folder, for the error
   * @param ignored tensors that are no parameters
   * @throws InputException naming tensors that are missing, surplus, misshapen or no numbers
   */
  static void require(
      String where, TensorFiles files, List<ParameterSpec> wanted, Predicate<String> ignored) {
    List<String> complaints = new ArrayList<>();
    List<String> missing =
        wanted.stream().map(ParameterSpec::name).filter(name -> !files.has(name)).toList();
    complain(complaints, "it lacks", missing);
    Set<String> surplus = new HashSet<>(files.names());
    wanted.forEach(spec -> surplus.remove(spec.name()));
    surplus.removeIf(ignored);
    complain(complaints, "the model has no", surplus.stream().sorted().toList());
    complain(complaints, "misshapen are", misshapen(files, wanted));
    complain(complaints, "no floating point numbers are", integers(files, wanted));
    if (!complaints.isEmpty()) {
      throw new InputException(
          "%s does not hold the model that its configuration describes: %s"
              .formatted(where, String.join("; ", complaints)));
    }
  }

  private static List<String> misshapen(TensorFiles files, List<ParameterSpec> wanted) {
    return wanted.stream()
        .filter(spec -> files.has(spec.name()))
        .filter(spec -> !Arrays.equals(files.spec(spec.name()).shape(), spec.shape()))
        .map(
            spec ->
                "%s with shape %s instead of %s"
                    .formatted(
                        spec.name(),
                        Arrays.toString(files.spec(spec.name()).shape()),
                        Arrays.toString(spec.shape())))
        .toList();
  }

  private static List<String> integers(TensorFiles files, List<ParameterSpec> wanted) {
    return wanted.stream()
        .map(ParameterSpec::name)
        .filter(files::has)
        .filter(
            name ->
                switch (files.spec(name).dtype()) {
                  case Float, Double, Half, BFloat16 -> false;
                  default -> true;
                })
        .toList();
  }

  private static void complain(List<String> complaints, String what, List<String> names) {
    if (!names.isEmpty()) {
      String rest = names.size() > NAMED ? " and %d more".formatted(names.size() - NAMED) : "";
      complaints.add(
          what + " " + String.join(", ", names.subList(0, Math.min(NAMED, names.size()))) + rest);
    }
  }
}
