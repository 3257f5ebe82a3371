/* Runs two compiled models, each from a thread of its own. */
#include "one.h"
#include "two.h"
#include <pthread.h>
#include <stdio.h>

typedef struct job {
  const dlc_model *model;
  float y[4];
  int failed;
} job;

static void *run(void *argument) {
  job *this = argument;
  this->failed = 1;
  dlc_context *context;
  if (dlc_context_create(this->model, NULL, &context) != DLC_OK)
    return NULL;
  float x[4] = {1, 2, 3, 4};
  int64_t shape[1] = {4};
  dlc_tensor in = {x, DLC_FLOAT32, 1, shape, NULL};
  dlc_tensor out = {this->y, DLC_FLOAT32, 1, shape, NULL};
  this->failed = 0;
  for (int i = 0; i < 100; ++i)
    if (dlc_run(context, &in, &out) != DLC_OK)
      this->failed = 1;
  dlc_context_destroy(context);
  return NULL;
}

int main(void) {
  job jobs[2] = {{&one, {0}, 0}, {&two, {0}, 0}};
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i)
    if (pthread_create(&threads[i], NULL, run, &jobs[i]))
      return 1;
  for (int i = 0; i < 2; ++i) {
    pthread_join(threads[i], NULL);
    const float *y = jobs[i].y;
    printf("%s %g %g %g %g\n", jobs[i].model->name, y[0], y[1], y[2], y[3]);
    if (jobs[i].failed)
      return 1;
  }
  return 0;
}
