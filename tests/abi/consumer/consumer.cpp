// SPDX-License-Identifier: Apache-2.0
//
// The same as consumer.c through the C++ header.
#include <containerview/containerview.hpp>
#include <iostream>

int main() try {
  containerview::Context context;
  const containerview::Snapshot snapshot = context.sample(CV_SAMPLE_MEMORY);
  const auto total = snapshot.memory().total_bytes();
  if (!total) {
    std::cerr << "no memory total\n";
    return 1;
  }
  std::cout << "libcontainerview " << containerview::version() << ": " << *total << " bytes\n";
} catch (const containerview::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
