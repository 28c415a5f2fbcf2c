package io.sparkswitch.model.tensor;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Loads libtorch before any test does, as processes of tests must one at a time. */
public final class LibtorchFirst implements LauncherSessionListener {
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Natives.load();
  }
}
