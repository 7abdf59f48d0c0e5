FROM python:3.12
RUN pip install ansible-core==2.17.0
WORKDIR /play
COPY requirements.yml ./
RUN ansible-galaxy install -r requirements.yml
COPY . .
