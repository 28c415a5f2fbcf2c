package io.sparkswitch.data.pipeline.serial;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/** A Hadoop configuration that travels in a task's closure. */
public final class HadoopSettings implements Serializable {
  private static final long serialVersionUID = 1L;

  private transient Configuration conf;

  public HadoopSettings(Configuration conf) {
    this.conf = conf;
  }

  public Configuration conf() {
    return conf;
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
    conf.write(out);
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    conf = new Configuration(false);
    conf.readFields(in);
  }
}
