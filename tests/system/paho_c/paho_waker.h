// PahoWaker: makes Paho look at its connections now. All clients of a process share one thread that
// polls for up to a second, and does not see a connection that came meanwhile; so each would take
// seconds to be made. A client of its own, whose server is the test, wakes that thread. While it
// lives Paho's threads stay, too. For the test's thread alone.
#pragma once

#include <MQTTAsync.h>

#include <semaphore>

namespace signet {

class PahoWaker {
 public:
  PahoWaker();
  PahoWaker(const PahoWaker&) = delete;
  PahoWaker& operator=(const PahoWaker&) = delete;
  ~PahoWaker();

  void Wake() const;

 private:
  void Connect(int listener);

  MQTTAsync handle_ = nullptr;
  int server_ = -1;
  std::binary_semaphore connected_{0};
};

}  // namespace signet
